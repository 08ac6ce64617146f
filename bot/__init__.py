"""Tocsin: verified webhooks become Slack alerts, exactly once."""
