"""The ledger as plain text, for beancount and hledger: programs of others that check ours."""
