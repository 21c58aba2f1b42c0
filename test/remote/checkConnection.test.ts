import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { newKeyPair } from "../support/keys";
import { checkConnection } from "../../remote/checkConnection";
import type { Connection } from "../../remote/types";
import { keyPair } from "./support/server";

const hostKey = keyPair("host").public;
const good: Connection = { host: "mim01.contoso.com", user: "CONTOSO\\svc", password: "s3cret-pw", hostKey };
const keyOf = (privateKey: string, privateKeyPassword?: string): Connection => ({
    ...good,
    password: undefined,
    privateKey,
    privateKeyPassword,
});
const properties = (connection: Connection) => checkConnection(connection).map((problem) => problem.property);

describe("check of a connection", () => {
    const encrypted = newKeyPair("ed25519", { passphrase: "open sesame", cipher: "aes256-ctr", rounds: 2 });
    const [type = "", base64 = ""] = hostKey.split(" ");

    const accepted: [string, Connection][] = [
        ["a password", good],
        ["an ed25519 key", keyOf(keyPair("user").private)],
        ["an RSA key", keyOf(keyPair("user", "rsa").private)],
        ["an encrypted key with its passphrase", keyOf(encrypted.private, "open sesame")],
        ["a key with Windows line ends", keyOf(keyPair("user").private.replace(/\n/g, "\r\n"))],
        [
            "an IPv6 address, a port, a host key with a comment",
            { ...good, host: "fd00::1", port: 2222, hostKey: `${hostKey} root@mim01\n` },
        ],
        ["an ECDSA host key", { ...good, hostKey: keyPair("host", "ecdsa").public }],
        ["a jump host", { ...good, proxy: { ...good, host: "jump" } }],
    ];
    for (const [what, connection] of accepted) {
        it(`takes ${what}`, () => {
            assert.deepEqual(checkConnection(connection), []);
        });
    }

    const refused: [string, Partial<Connection> | Connection, string, RegExp][] = [
        ["no host", { host: "" }, "host", /received ""/],
        ["user@host", { host: "svc@mim01" }, "host", /without user or port; received "svc@mim01"/],
        ["no user", { user: " " }, "user", /received " "/],
        ["port 0", { port: 0 }, "port", /1 to 65535; received 0/],
        ["port 65536", { port: 65536 }, "port", /received 65536/],
        ["half a port", { port: 22.5 }, "port", /received 22\.5/],
        ["an empty host key", { hostKey: "" }, "hostKey", /is required.*no way to turn this off/],
        [
            "a fingerprint as host key",
            { hostKey: "SHA256:abc" },
            "hostKey",
            /must begin with a key type.*received "SHA256:abc".*ssh-keyscan/,
        ],
        ["a known_hosts line", { hostKey: `mim01 ${hostKey}` }, "hostKey", /leave out the host name/],
        ["a DSA host key", { hostKey: "ssh-dss AAAAB3NzaC1kc3MAAACB" }, "hostKey", /must begin with a key type/],
        ["a host key type alone", { hostKey: "ssh-ed25519" }, "hostKey", /no Base64/],
        [
            "an RSA host key",
            { hostKey: keyPair("host", "rsa").public },
            "hostKey",
            /is an RSA key.*"pulumi up" would not\. Give the line of a key of another type; received "ssh-rsa .*ssh_host_ed25519_key\.pub/,
        ],
        [
            "another type in front",
            { hostKey: `ecdsa-sha2-nistp256 ${base64}` },
            "hostKey",
            /says ecdsa-sha2-nistp256, but the key inside is not of that type/,
        ],
        ["a cut host key", { hostKey: `${type} ${base64.slice(0, 40)}` }, "hostKey", /damaged ssh-ed25519 key/],
        ["a host key of a few bytes", { hostKey: `${type} AAA=` }, "hostKey", /not of that type/],
        ["both credentials", { privateKey: keyPair("user").private }, "privateKey", /exactly one .* received both/],
        ["no credential", { password: undefined }, "privateKey", /received neither/],
        ["an empty password", { password: "" }, "password", /is empty/],
        ["a port that is no number", { port: NaN }, "port", /received NaN/],
        ["a path in place of a key", keyOf("~/.ssh/id_ed25519"), "privateKey", /not a path/],
        ["a cut key", keyOf(keyPair("user").private.slice(0, 120)), "privateKey", /could not be read/],
        ["a public key", keyOf(keyPair("user").public), "privateKey", /is a public key/],
        ["a PuTTY key", keyOf("PuTTY-User-Key-File-3: ssh-ed25519\n"), "privateKey", /PuTTYgen/],
        [
            "a PKCS #8 key",
            keyOf(generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }) as string),
            "privateKey",
            /ssh-keygen -p/,
        ],
        ["an encrypted key without passphrase", keyOf(encrypted.private), "privateKeyPassword", /is needed.*received none/],
        ["a wrong passphrase", keyOf(encrypted.private, "close sesame"), "privateKeyPassword", /does not open/],
    ];
    for (const [what, change, property, message] of refused) {
        it(`refuses ${what}`, () => {
            const connection = { ...good, ...change };
            const problems = checkConnection(connection);
            assert.deepEqual(properties(connection), [property]);
            assert.match(problems[0]?.message ?? "", message);
            const text = JSON.stringify(problems);
            for (const secret of ["s3cret-pw", "close sesame", "id_ed25519", "OPENSSH PRIVATE KEY-----\\nb3"]) {
                assert.ok(!text.includes(secret), text);
            }
        });
    }

    it("names everything at once, of the jump host too", () => {
        const connection = {
            host: "",
            user: "",
            port: 0,
            hostKey: "",
            proxy: { host: "", user: "", hostKey: "", password: "a", privateKey: "b", proxy: good },
        };
        assert.deepEqual(properties(connection), [
            ...["host", "user", "port", "hostKey", "privateKey"],
            ...["proxy.host", "proxy.user", "proxy.hostKey", "proxy.privateKey", "proxy.privateKey", "proxy.proxy"],
        ]);
    });

    it("takes what plain JavaScript hands over", () => {
        const odd = { host: 7, user: null, hostKey: ["x"], password: 1 } as unknown as Connection;
        assert.deepEqual(properties(odd), ["host", "user", "hostKey", "password"]);
    });

    it("never shows a private key, wherever it was put by mistake", () => {
        const { private: privateKey } = newKeyPair("ed25519");
        const mistaken = { host: privateKey, user: privateKey, hostKey: privateKey, privateKey: "x" } as Connection;
        const said = checkConnection(mistaken).map(({ message }) => message).join("\n");
        assert.equal(said.match(/received a private key, which is not shown/g)?.length, 3, said);
        assert.doesNotMatch(said, /BEGIN/);
    });
});
