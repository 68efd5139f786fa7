"""The pages under Settings about the member: profile, contacts, accounts, who else may see them."""
