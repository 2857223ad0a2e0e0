"""Signing in through a provider, as a hospital would ask for it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.local_provider import CLIENT_ID, EMAIL, serve_provider
from tools.serve_app import serve_app


@pytest.fixture
def guarded_url(tmp_path):
    secrets = tmp_path / "secrets.toml"
    with serve_provider() as provider:
        secrets.write_text(
            f"""
            [auth]
            redirect_uri = "http://localhost:{{port}}/oauth2callback"
            cookie_secret = "only for this test, and long enough"
            client_id = "{CLIENT_ID}"
            client_secret = "none"
            server_metadata_url = "{provider}/.well-known/openid-configuration"
            """
        )
        with serve_app(options=["--secrets.files", str(secrets)]) as address:
            yield address


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """With cookies of its own."""
    with browser.new_context() as context:
        yield context.new_page()


@pytest.mark.slow
def test_a_visitor_signs_in_sees_the_page_and_signs_out(page: Page, guarded_url: str):
    heading = page.get_by_role("heading", name="Does this chest X-ray show pneumonia?")
    page.goto(guarded_url)
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    expect(heading).to_have_count(0)

    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text(f"Signed in as {EMAIL}")).to_be_visible()
    expect(heading).to_be_visible()

    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    expect(heading).to_have_count(0)
