"""The only package that talks to DynamoDB: one function per access pattern.

`store` knows the client, its failures and the form of items; the other modules know one subject
each and are what functions import. Reads return domain objects, never items.
"""
