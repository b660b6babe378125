# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
"""Contains endpoint functions for accessing the API"""
