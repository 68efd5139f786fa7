import pytest
from tests.e2e.access.browsing import COMBINATIONS
from tests.e2e.access.routes import Shown
from tests.e2e.access.conftest import Windows
@pytest.mark.parametrize("n", [0, 3])
def test_shot(windows: Windows, n: int) -> None:
    w = windows(COMBINATIONS[n])
    w.visit(Shown("x", "one", "/usage/2001/E2001-0/"))
    w.page.locator(".fold > summary").last.click()
    w.page.screenshot(path=f"/tmp/gb_usage_{n}.png", full_page=True)
    w.visit(Shown("x", "one", "/usage/2001/download/?first=2024-02-02&last=2024-02-01&file=csv"))
    w.page.screenshot(path=f"/tmp/gb_download_{n}.png", full_page=True)
    if n == 3:
        w.visit(Shown("x", "one", "/usage/2001/E2001-0/"))
        w.page.locator(".fold > summary").last.click()
        with w.page.expect_download() as d:
            w.page.locator("section:has(#download-heading) button.button").click()
        print(d.value.suggested_filename, len(open(d.value.path()).read()))
