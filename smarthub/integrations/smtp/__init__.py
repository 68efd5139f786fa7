"""E-mail by SMTP, through the server the installation names; no other way of sending mail."""
