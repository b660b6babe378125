# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
"""Contains methods for accessing the API"""
