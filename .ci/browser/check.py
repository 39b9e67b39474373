"""The way of a new operator and of their first driver, in a browser.

    check.py OCPP

first start -> owner -> strangers are turned away and admitted -> station with its key -> site and tariff
-> orders to one station and to many -> driver pays on a phone -> the cost rises -> stop -> receipt. Besides: a declined card, a wrong password, a
form without its token. No request may go to another host, and the console stays empty.
"""

import http.client
import json
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from decimal import Decimal
from urllib.parse import urlencode, urlsplit

from browser import Browser
from manager import Manager

PASSWORD = "correct horse battery"


def check(name, condition, detail=""):
    if not condition:
        raise AssertionError(f"{name}: {detail}")
    print(f"ok    {name}")


def become_owner(manager, page):
    page.open("/")
    check("without a sign-in the pages are closed", page.path == "/sign-in", page.path)
    page.open("/setup/wrong")
    page.sees("not valid any more")
    link = manager.setup_link()
    page.open(link)
    page.fill(name="Olga", password="short", again="short")
    page.press("Become the owner")
    page.sees("at least 10 characters")
    page.fill(password=PASSWORD, again=PASSWORD)
    page.press("Become the owner")
    page.sees("No station has connected yet")
    page.sees("olga", ".who")
    page.open(link)
    page.sees("There is an owner already")
    print("ok    the link makes the owner, once")


def admit_a_stranger(manager, page):
    stranger = manager.station("STRANGER", "--speed", "100")
    page.until(lambda: stranger.poll() is not None, "the end of a station that nobody knows")
    page.open("/turned-away")
    page.sees("Station STRANGER")
    page.sees("No station of this identity is known")
    page.press("Admit with a key")
    page.sees("STRANGER may connect")
    page.open("/turned-away")
    page.sees("Nobody was turned away")
    print("ok    one click admits who was turned away")


def add_station(manager, page):
    page.open("/stations/add")
    page.fill(id="bad/identity")
    page.press("Add the station")
    page.find(".field .wrong")
    page.fill(id="CS-1", name="Front door")
    page.press("Add the station")
    key, url = page.text("#key"), page.text("#url")
    check("the exact address is shown", url == f"{manager.stations_at}CS-1", url)
    check("the key fits a station of 1.6", 16 <= len(key) <= 20, key)
    check("the key is also shown in hexadecimal", key.encode().hex().upper() in page.text())
    return key


def set_a_price(page):
    page.open("/tariffs/add")
    page.fill(name="House", tariff__id="house-1", price_kwh="0,x")
    page.press("Keep the draft")
    page.sees("This is no price")
    page.fill(price_kwh="0.40", fixed_fee="0.50", tax="20")
    page.press("Keep the draft")
    page.sees("Energy: 0.40 EUR per kWh, plus 20 % VAT")
    page.open("/sites/add")
    page.fill(name="Yard", address__street="Main Street 1", time_zone="Nowhere")
    page.press("Add the site")
    page.sees("is no time zone")
    page.fill(time_zone="Europe/Berlin")
    page.press("Add the site")
    page.sees("Yard", "h2")
    page.fill(tariff="House (house-1)")
    page.press("Assign")
    page.sees("Energy: 0.40 EUR per kWh")
    page.open("/stations/CS-1")
    page.press("Change what is said of it")
    page.fill(site="Yard", evse="1", evse_name="left", evse_power="60", kind="cCCS2", connector_power="50,5")
    page.press("Save")
    page.sees("It stands at Yard")
    page.sees("House (of the site)")
    page.press("Change what is said of it")
    page.fill(name="Back door")
    page.press("Save")
    page.sees("Back door", "h2")
    page.open("/sites")
    page.sees("EVSE 1 · left")
    page.sees("Connector 1 · cCCS2 · 50.5 kW")
    print("ok    a site and a tariff, with flaws at their fields")


def import_tokens(page):
    page.open("/tokens/import")
    page.fill(csv="token,holder,blocked\n04AA,Ada,false\n04BB,Ben,maybe")
    page.press("Import", "button")
    page.sees("Line 3")
    page.sees("Nothing was imported")
    page.fill(csv="token,holder,blocked\n04AA,Ada,false\n04BB,Ben,true")
    page.press("Import", "button")
    page.sees("2 tokens were added and 0 changed")
    page.open("/tokens")
    page.sees("blocked", "table")
    page.press("04BB")
    page.press("Unblock")
    page.sees("valid", ".heading")
    print("ok    tokens are imported, all or none, and unblocked")


def give_orders(page):
    """Forms out of the types: flaws at their fields, cases that are shown when chosen, an order and its answer."""
    page.open("/stations/CS-1")
    page.press("Give an order")
    page.press("Take out of use, or back")
    evse = page.find('[name="c/place/evse"]')
    check("a case that is not chosen is hidden", not evse.is_displayed())
    page.fill(c__place="Evse")
    page.until(lambda: page.find('[name="c/place/evse"]').is_displayed(), "the field of the case that was chosen")
    page.press("Give the order", "button")
    page.sees("Choose one", ".fields") if "Choose one" in page.text() else page.sees("This is needed", ".fields")
    page.open("/stations/CS-1/orders/new?order=reset")
    page.fill(c__kind="Immediate")
    page.press("Give the order", "button")
    page.sees("Tick this first")
    chosen = page.find('[name="c/kind"]').get_attribute("value")
    check("what was chosen stays in a form that is refused", chosen == "Immediate", chosen)
    page.open("/stations/CS-1/orders/new?order=trigger")
    page.fill(c__message="Heartbeat")
    page.press("Give the order", "button")
    page.sees("accepted", "#order")
    page.open(page.path)
    page.sees("The conversation", "#order")
    page.sees("TriggerMessage", "#order table")
    print("ok    an order is given and its conversation shown")
    page.open("/batches/new")
    page.fill(vendor="ocpp", what="Ask for a message")
    page.press("Go on", "button")
    page.sees("1 station", "h2")
    page.fill(c__message="Heartbeat")
    page.press("Give the order to all of them", "button")
    page.sees("1 of 1", "#batch")
    page.sees("ended", "#batch .facts")
    page.sees("CS-1", "#batch table")
    page.open("/messages")
    page.fill(action="TriggerMessage")
    page.press("Show", "button")
    page.sees("requestedMessage", "table")
    print("ok    a bulk order is followed to its end, and its frames are in the message log")


def pay(page, card):
    page.open("/d/CS-1/1")
    page.sees("Energy: 0.40 EUR per kWh")
    page.sees("50.00 EUR is held")
    page.press_radio(card)
    page.press("Hold and start")


def be_a_driver(page):
    page.size(390, 844)
    pay(page, "declines")
    page.sees("Not paid")
    page.sees("Nothing was charged")
    print("ok    a declined card costs nothing")
    pay(page, "succeeds")
    page.sees("Charging", "#payment h2")
    wide = page.driver.execute_script("return document.documentElement.scrollWidth")
    check("the page fits a phone", wide <= 390, f"{wide} pixels wide")
    payment = page.path
    first = cost(page)
    page.until(lambda: cost(page) > first, "a rising cost")
    with urllib.request.urlopen(page.base + payment) as answer:
        check("without script the page asks again by itself", b'<noscript><meta http-equiv="refresh"' in answer.read())
    check("the cost rises while one looks on", page.path == payment)
    page.press("Stop charging")
    page.sees("Thank you", "#payment")
    page.press("Your receipt")
    page.find(".receipt")
    return payment


def cost(page):
    return Decimal(page.text(".figure.cost strong").split()[0])


def check_receipt(manager, page, payment):
    numbers = lambda what: [
        Decimal(cell) for cell in page.driver.execute_script(
            f"return [...document.querySelectorAll('[data-{what}]')].map((cell) => cell.dataset.{what})")
    ]
    gross, [net], taxes, [total] = numbers("gross"), numbers("net"), numbers("tax"), numbers("total")
    check("the lines add up to the total", sum(gross) == total > 0, f"{gross} {total}")
    check("net and taxes add up to the total", net + sum(taxes) == total, f"{net} {taxes} {total}")
    check("it was paid with the test card", f"{total} EUR paid with Test card" in page.text(".paid"), page.text(".paid"))
    check("times are those of the site", "Europe/Berlin" in page.text())
    with urllib.request.urlopen(f"{manager.pages_at}/r/{payment.split('/')[-1]}.json") as answer:
        receipt = json.load(answer)
    lines = [Decimal(line["gross"]["amount"]) for line in receipt["cost"]["lines"]]
    check("the receipt as JSON says the same", sum(lines) == total, receipt["cost"])
    check("what was captured is the total", Decimal(receipt["paid"]["captured"]["amount"]) == total)


def forge(manager, page):
    """A form that another page sends with the browser's cookie."""
    cookie = page.cookie("ocpp_sign_in")
    check("the cookie is out of reach of scripts", cookie["httpOnly"] and cookie["sameSite"] == "Lax", str(cookie))
    form = b"name=Forged&time_zone=UTC"
    for headers in ({}, {"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        headers = headers | {"Cookie": f"ocpp_sign_in={cookie['value']}"}
        request = urllib.request.Request(f"{manager.pages_at}/sites", data=form, headers=headers)
        try:
            urllib.request.urlopen(request)
            raise AssertionError("a form without its token was taken")
        except urllib.error.HTTPError as error:
            check("a form without its token is refused", error.code == 403, str(error.code))
    page.open("/sites")
    page.sees("Yard")
    check("it changed nothing", "Forged" not in page.text())


def sign_in_again(page):
    page.press("Sign out")
    page.sees("Sign in", "h2")
    page.fill(name="olga", password="wrong password")
    page.press("Sign in", "button")
    page.sees("The name or the password is wrong")
    page.open("/payments")
    check("what was asked for comes after the sign-in", "then=%2Fpayments" in page.driver.current_url)
    page.fill(name="olga", password=PASSWORD)
    page.press("Sign in", "button")
    page.sees("captured")
    check("one goes on where one wanted to", page.path == "/payments", page.path)


def refund(page):
    page.open("/payments")
    page.driver.find_element("xpath", "//tr[contains(., 'captured')]//a").click()
    page.sees("Captured", ".facts")
    page.fill(amount="1000")
    page.press("Give it back")
    page.sees("no more than what is left")
    page.fill(amount="0.10")
    page.press("Give it back")
    page.sees("Refunded", ".facts")
    page.sees("0.10 EUR", ".facts")
    print("ok    part of a payment is given back, and no more than there is")


def succeed_the_tariff(page):
    page.open("/tariffs/house-1")
    page.press("Put another in its place")
    check("the form is filled from the tariff", page.find('[name="price_kwh"]').get_attribute("value") == "0.4")
    page.fill(price_kwh="0.44", **{"from": "22:00", "until": "06:00", "variant_price_kwh": "0.30"})
    page.press("Put it in its place")
    page.sees("Energy from 22:00 to 06:00: 0.30 EUR per kWh")
    page.sees("It took the place of house-1")
    page.sees("Yard")
    page.open("/tariffs/house-1")
    page.sees("house-2 took its place")
    check("what was in use does not change", "Put another in its place" not in page.text())


def give_a_program_a_key(manager, page):
    page.open("/access")
    page.press("Make a key")
    form = 'form[action="/access/keys"] '
    page.find(form + '[name="name"]').send_keys("billing")
    page.press("Make the key")
    page.sees("Choose at least one right")
    page.find(form + '[value="sessions:read"]').click()
    page.press("Make the key")
    key = page.text("#key")
    allowed, _, _ = asked(manager, "GET", "/api/v1/sessions", Authorization=f"Bearer {key}")
    denied, _, _ = asked(manager, "GET", "/api/v1/tokens", Authorization=f"Bearer {key}")
    check("the key opens what it is for, and nothing else", (allowed, denied) == (200, 403), f"{allowed} {denied}")
    page.open("/access")
    page.press("Revoke…")
    page.press("Revoke")
    page.sees("revoked")
    denied, _, _ = asked(manager, "GET", "/api/v1/sessions", Authorization=f"Bearer {key}")
    check("a revoked key opens nothing", denied == 401, denied)


def asked(manager, method, path, form=None, **headers):
    """What the manager answers to a request that no page of it sends: status, fields, body."""
    line = http.client.HTTPConnection(urlsplit(manager.pages_at).netloc)
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    body = None
    if form is not None:
        body = urlencode(form)
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    line.request(method, path, body, headers)
    answer = line.getresponse()
    return answer.status, answer.headers, answer.read().decode()


def knock_from_outside(manager):
    """Sign-ins behind a proxy and from other pages; payments that no page of ours asks for."""
    known = {"name": "olga", "password": PASSWORD}
    status, fields, _ = asked(manager, "POST", "/sign-in", known | {"then": "//evil.example"}, X_Forwarded_Proto="https")
    check("nobody is sent to another host after the sign-in", (status, fields["Location"]) == (303, "/"), fields)
    check("behind https the cookie stays on https", "; Secure" in fields["Set-Cookie"], fields["Set-Cookie"])
    status, _, _ = asked(manager, "POST", "/sign-in", known, Origin="http://evil.example")
    check("another page cannot sign anybody in", status == 403, status)
    status, _, body = asked(manager, "POST", "/d/CS-1/1", {"instrument": "succeeds", "wish": "01900000-0000-7000-8000-000000000000"})
    check("a payment needs a form of ours", status == 422 and "not valid any more" in body, status)
    status, _, _ = asked(manager, "GET", "/d/CS-1/7")
    check("an unknown charging point is not found", status == 404, status)
    statuses = [asked(manager, "POST", "/sign-in", {"name": "olga", "password": "guess"})[0] for _ in range(12)]
    check("guessing is slowed down", statuses[-1] == 429, statuses)


def open_manager(ocpp):
    """A manager without a sign-in answers to its own machine only."""
    manager = Manager(ocpp, "--open")
    try:
        status, fields, body = asked(manager, "GET", "/")
        check("an open manager says so", status == 200 and "Open, for trying out" in body, status)
        policy = fields["Content-Security-Policy"]
        check("only what is ours is loaded", "default-src 'self'" in policy and "unsafe" not in policy, policy)
        status, _, _ = asked(manager, "GET", "/", Host="evil.example")
        check("under another name it does not answer", status == 403, status)
        for path in ("/sites", "/stations", "/d/CS-1/1"):
            status, _, _ = asked(manager, "POST", path, {"name": "x"}, Origin="http://evil.example")
            check(f"another page cannot post to {path}", status == 403, status)
    finally:
        manager.stop()


def demonstration(ocpp):
    """Two sites, stations at work, and drivers who pay by themselves."""
    listen = ["--ocpp-listen", "127.0.0.1:0", "--http-listen", "127.0.0.1:0"]
    process = subprocess.Popen([ocpp, "demo", *listen, "--speed", "300"], stderr=subprocess.PIPE, text=True)
    try:
        line = next(line for line in process.stderr if line.startswith("Watch them at"))
        at = line.split()[-1].rstrip("/")
        read = lambda path: urllib.request.urlopen(at + path).read().decode()
        overview = read("/")
        check("the demonstration has two sites", "Harbour" in overview and "Old Town" in overview)
        deadline = time.monotonic() + 60
        while "by payment" not in read("/receipts") and time.monotonic() < deadline:
            time.sleep(0.5)
        check("a driver of the demonstration pays and has a receipt", "by payment" in read("/receipts"))
        check("and one's own page is free", "Hold and start" in read("/d/Market-2/1"))
        process.terminate()
        check("the demonstration ends when it is told to", process.wait(20) == 0, process.returncode)
    finally:
        process.kill()


def walk(page):
    """Every page of the navigation is there and fits a phone."""
    page.size(390, 844)
    page.open("/sessions")
    number = page.text("td a")
    for path in ("/", "/stations", "/turned-away", "/sites", "/tokens", "/tokens/add", "/tokens/import", "/tariffs",
                 "/tariffs/house-1", "/sessions", f"/sessions/{number}", "/payments", "/receipts", "/access", "/stations/CS-1",
                 "/stations/CS-1/codes", "/stations/CS-1/orders", "/stations/CS-1/orders/new",
                 "/stations/CS-1/orders/new?order=set_charging_profile", "/stations/CS-1/messages", "/batches", "/batches/new",
                 "/messages", "/firmware", f"/r/{number}"):
        page.open(path)
        wide = page.driver.execute_script("return document.documentElement.scrollWidth")
        is_there = page.path == path.split("?")[0] and "Nothing here" not in page.text()
        check(f"{path} is there and fits a phone", is_there and wide <= 390, f"{wide} pixels, {page.path}")


def main(ocpp):
    manager = Manager(ocpp, "--sandbox")
    page = Browser(manager.pages_at)
    stations = []
    try:
        become_owner(manager, page)
        admit_a_stranger(manager, page)
        key = add_station(manager, page)
        set_a_price(page)
        import_tokens(page)
        how = ["--version", "2.0.1", "--remote-start", "--speed", "20", "--minutes", "120", "--meter-interval", "10"]
        stations.append(manager.station("CS-1", "--password", key, *how))
        page.open("/")
        page.sees("1 / 1", "#summary")
        page.sees("1 Occupied", "#stations")
        print("ok    the station connects with its key, and the overview shows it without a reload")
        give_orders(page)
        payment = be_a_driver(page)
        check_receipt(manager, page, payment)
        page.until(lambda: stations[0].poll() is not None, "the end of the station's work")
        check("the station is content", stations[0].returncode == 0, stations[0].stdout.read())
        page.size(1280, 900)
        forge(manager, page)
        sign_in_again(page)
        refund(page)
        succeed_the_tariff(page)
        give_a_program_a_key(manager, page)
        walk(page)
        knock_from_outside(manager)
        # What is refused on purpose.
        refused, others = page.complaints(("/setup/", "/tokens/import ", "/refund ", "/CS-1/orders ", "/access/keys ", "/stations ", "/tariffs ", "/sites ", "/sign-in "))
        check("the console tells of what was refused", refused)
        check("and of nothing else", not others, "\n".join(others))
        hosts = page.hosts_asked()
        check("no request went to another host", hosts == {re.sub("^http://", "", manager.pages_at)}, str(hosts))
    finally:
        page.driver.quit()
        for station in stations:
            station.kill()
        manager.stop()
    open_manager(ocpp)
    demonstration(ocpp)


if __name__ == "__main__":
    main(sys.argv[1])
