"""The design system: templates, static files, template tags and the error pages.

Owns how things look and speak. Knows no account, bill or rate: pages hand it finished values.
Stands between the outer storeys and the workflows.
"""
