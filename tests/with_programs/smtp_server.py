"""A mail server for trials: takes mail, or misbehaves as it is told.

    smtp_server.py FOLDER [--port N] [--tls] [--login NAME:PASSWORD]

Listens on the loopback and writes its port to FOLDER/port. Every mail that it has taken becomes FOLDER/taken-N.json with what it says.
FOLDER/mode says, in one line, what it does with the next ones (it is read anew for each):

    accept       takes them
    later N      refuses the first N with 451, then takes them
    never        refuses them with 550
    sender       refuses whoever sends with 553
    drop         takes them and hangs up before answering
    stall        takes them and never answers
    slow         takes them, with a pause before and after
"""

import argparse
import asyncio
import datetime
import ipaddress
import json
import pathlib
import ssl
from email import message_from_bytes, policy

from aiosmtpd.smtp import SMTP, AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def certificate(name, issuer, issuer_key, key, is_authority):
    """A certificate that lasts for a day."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.timezone.utc)
    day = datetime.timedelta(days=1)
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer or subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - day)
        .not_valid_after(now + day)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
    )
    if not is_authority:
        builder = builder.add_extension(names, critical=False)
    return builder.sign(issuer_key or key, hashes.SHA256())


def tls(folder):
    """A certificate of an authority of its own, which is written to FOLDER/ca.pem for whoever is to trust it."""
    authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = certificate("Trial authority", None, None, authority_key, True)
    own = certificate("localhost", authority.subject, authority_key, key, False)
    pem = serialization.Encoding.PEM
    (folder / "ca.pem").write_bytes(authority.public_bytes(pem))
    (folder / "own.pem").write_bytes(own.public_bytes(pem))
    plain = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "own.key").write_bytes(key.private_bytes(pem, *plain))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "own.pem", folder / "own.key")
    return context


class Desk:
    """What is done with mail."""

    def __init__(self, folder):
        self.folder = folder
        self.taken = 0
        self.mode, self.seen = "", 0

    def current(self):
        """The mode, and how many mails came before this one since it was set."""
        file = self.folder / "mode"
        mode = file.read_text().strip() if file.exists() else "accept"
        if mode != self.mode:
            self.mode, self.seen = mode, 0
        self.seen += 1
        return mode, self.seen - 1

    def take(self, session, envelope):
        message = message_from_bytes(envelope.original_content, policy=policy.default)
        what = {
            "id": message["Message-ID"],
            "subject": message["Subject"],
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "submitted": message["Auto-Submitted"],
            "text": message.get_body(("plain",)).get_content(),
            "html": message.get_body(("html",)).get_content(),
            "protected": session.ssl is not None,
            "known": bool(session.authenticated),
        }
        self.taken += 1
        part = self.folder / "part"
        part.write_text(json.dumps(what, ensure_ascii=False), encoding="utf-8")
        part.rename(self.folder / f"taken-{self.taken}.json")

    async def handle_MAIL(self, server, session, envelope, address, mail_options):
        file = self.folder / "mode"
        if file.exists() and file.read_text().strip() == "sender":
            return "553 5.7.1 Sender not allowed"
        envelope.mail_from = address
        envelope.mail_options.extend(mail_options)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        mode, before = self.current()
        if mode == "never":
            return "550 5.1.1 No such mailbox"
        if mode.startswith("later") and before < int(mode.split()[1]):
            return "451 4.3.0 Try again later"
        if mode == "slow":
            await asyncio.sleep(0.1)
        self.take(session, envelope)
        if mode == "slow":
            await asyncio.sleep(0.1)
        if mode == "drop":
            server.transport.abort()
        if mode == "stall":
            await asyncio.sleep(3600)
        return "250 2.0.0 Taken"


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--tls", action="store_true")
    parser.add_argument("--login")
    wanted = parser.parse_args()
    settings = {"hostname": "localhost", "enable_SMTPUTF8": True}
    if wanted.tls:
        settings |= {"tls_context": tls(wanted.folder), "require_starttls": True}
    if wanted.login:
        name, password = wanted.login.encode().split(b":")

        def knows(server, session, envelope, mechanism, said):
            return AuthResult(success=(said.login, said.password) == (name, password))

        settings |= {"auth_required": True, "authenticator": knows}
    desk = Desk(wanted.folder)
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(desk, **settings), "127.0.0.1", wanted.port)
    part = wanted.folder / "port.part"
    part.write_text(str(server.sockets[0].getsockname()[1]))
    part.rename(wanted.folder / "port")
    await server.serve_forever()


asyncio.run(main())
