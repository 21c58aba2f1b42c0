import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { tlsNameOf } from "../../../../components/exchangeServer/transportCertificate/tlsName";
import { bits, integer, oid, sequence, set, time, tlv, utf8 } from "../../../../lab/tenant/der";
import fixtures from "../../../support/certificates.json";
import { generator, long, testSeed, type Random } from "../../../support/random";
import { skip } from "../../../support/skip";

type Part = [type: string, value: string, tag?: number];
/** In the order of the certificate; what stands together is one part of several values. */
type Name = Part[][];

const [CN, C, L, S, O, OU, DC, E] = ["2.5.4.3", "2.5.4.6", "2.5.4.7", "2.5.4.8", "2.5.4.10", "2.5.4.11", "0.9.2342.19200300.100.1.25", "1.2.840.113549.1.9.1"];
const own = "1.3.6.1.4.1.99999.1.300";
const { publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
const ecdsa = sequence(oid("1.2.840.10045.4.3.2"));

/** Nobody looks at its signature. */
function certificateOf(issuer: Name, subject: Name): string {
    const dates = sequence(time(new Date("2026-01-01T00:00:00Z")), time(new Date("2027-01-01T00:00:00Z")));
    const body = sequence(tlv(0xa0, integer(Buffer.from([2]))), integer(Buffer.from([7])), ecdsa, nameOf(issuer), dates, nameOf(subject), publicKey.export({ type: "spki", format: "der" }));
    return sequence(body, ecdsa, bits(Buffer.from([1, 2, 3]))).toString("base64");
}

function nameOf(name: Name): Buffer {
    return sequence(...name.map((parts) => set(...parts.map(([type, value, tag = 0x0c]) => sequence(oid(type), tag === 0x0c ? utf8(value) : tlv(tag, encoded(value, tag)))))));
}

function encoded(value: string, tag: number): Buffer {
    return tag === 0x1e ? Buffer.from(value, "utf16le").swap16() : Buffer.from(value, "latin1");
}

const pieces = ["a", "B", " ", ",", '"', "+", "=", "<", ">", "#", ";", "\\", "'", "/", ".", "ü", "Ł", "漢", "😀", "  ", "C=US", "\u00a0", "\t"];

function anyName(random: Random): Name {
    const types = [CN, C, L, S, O, OU, DC, E, own, "2.5.4.5", "2.5.4.9", "2.5.4.17"] as string[];
    const value = () => Array.from({ length: random(5) }, () => pieces[random(pieces.length)]!).join("");
    const part = (): Part => {
        const [type, text] = [types[random(types.length)]!, value()];
        const ascii = /^[\x20-\x7e]*$/.test(text);
        // OpenSSL takes no pairs there.
        return random(3) > 0 || text.includes("😀") ? [type, text] : random(2) === 0 ? [type, text, 0x1e] : ascii ? [type, text, [0x13, 0x14, 0x16][random(3)]!] : [type, text];
    };
    return Array.from({ length: 1 + random(4) }, () => Array.from({ length: random(5) === 0 ? 2 : 1 }, part));
}

describe("the TLS name of a certificate", () => {
    const ca: Name = [[[C!, "US"]], [[O!, "Contoso"]], [[CN!, "CA"]]];
    const issuer = "<I>CN=CA, O=Contoso, C=US";

    // As .NET 10 prints them.
    const printed: [subject: Name, text: string][] = [
        [[[[CN!, "mail.contoso.com"]]], "CN=mail.contoso.com"],
        [[[[DC!, "com", 0x16]], [[DC!, "contoso", 0x16]], [[OU!, "IT"]], [[CN!, "mail"]]], "CN=mail, OU=IT, DC=contoso, DC=com"],
        [[[[C!, "DE", 0x13]], [[S!, "Bayern"]], [[L!, "München"]], [[O!, "Contoso, Ltd."]], [[CN!, "x"]], [[E!, "a@b.c", 0x16]]], 'E=a@b.c, CN=x, O="Contoso, Ltd.", L=München, S=Bayern, C=DE'],
        [[[[O!, 'The "best"']]], 'O="The ""best"""'],
        [[[[O!, " a"]], [[O!, "a "]], [[O!, "a  b"]], [[O!, ""]]], 'O="", O=a  b, O="a ", O=" a"'],
        [[[[O!, "a+b"]], [[O!, "a=b"]], [[O!, "a<b"]], [[O!, "a>b"]], [[O!, "a#b"]], [[O!, "a;b"]], [[O!, "a\\b"]], [[O!, "a/b'c"]]], 'O=a/b\'c, O=a\\b, O="a;b", O="a#b", O="a>b", O="a<b", O="a=b", O="a+b"'],
        [[[[O!, "a"], [OU!, "b"]], [[CN!, "c"]]], "CN=c, O=a + OU=b"],
        [[[[own, "x"]], [[CN!, "漢", 0x1e]], [[CN!, "😀"]]], `CN=😀, CN=漢, OID.${own}=x`],
    ];
    for (const [subject, text] of printed) {
        it(text, () => assert.equal(tlsNameOf(certificateOf(ca, subject)), `${issuer}<S>${text}`));
    }

    it("is taken from PEM and from DER in Base64, also in lines and with blanks around it", () => {
        const { der, name } = fixtures.a;
        const base64 = Buffer.from(der, "hex").toString("base64");
        const pem = new X509Certificate(Buffer.from(der, "hex")).toString();
        for (const file of [pem, Buffer.from(pem).toString("base64"), `\ufeff${pem.replaceAll("\n", "\r\n")}`, `Subject: CN=x\n${pem}\n`, base64, `  ${base64.replace(/.{64}/g, "$&\r\n")}\n`]) {
            assert.equal(tlsNameOf(file), name);
        }
    });

    it("is refused where the file is none, several, or a key, and nothing of it is shown", () => {
        const pem = new X509Certificate(Buffer.from(fixtures.a.der, "hex")).toString();
        const key = "-----BEGIN PRIVATE KEY-----\nc2VjcmV0fjdn\n-----END PRIVATE KEY-----\n";
        const refused: [file: string, says: RegExp][] = [
            ["", /^must be one certificate, in PEM or as the Base64 of its DER; received a text of 0 characters$/],
            ["C:\\mail.cer", /received a text of 11 characters$/],
            [pem.slice(0, 300), /^must be one certificate, in PEM/],
            [Buffer.from(fixtures.a.pfx, "hex").toString("base64"), /^must be one certificate, in PEM/],
            [pem + pem, /^must be one certificate; received 2\. Give the one of the server, without its chain$/],
            [pem + key, /^must be a certificate alone, because the state shows it; received one with a private key/],
            // As they are read with "base64".
            [Buffer.from(pem + pem).toString("base64"), /^must be one certificate; received 2\./],
            [Buffer.from(pem + key).toString("base64"), /^must be a certificate alone/],
            [Buffer.concat([Buffer.from(fixtures.a.der, "hex"), Buffer.from("secret~7")]).toString("base64"), /^must be one certificate, in PEM/],
        ];
        for (const [file, says] of refused) {
            assert.throws(() => tlsNameOf(file), (error: Error) => says.test(error.message) && !error.message.includes("c2Vj"), String(says));
        }
    });

    it("is refused where Windows may print it in another way, with the part and the line that prints it", () => {
        const odd: Part[] = [["2.5.4.5", "1"], ["2.5.4.17", "1"], ["1.3.6.1.4.1.311.60.2.1.3", "US"], [O!, "\u00a0a"], [O!, "a\nb"], [O!, "\u00fc", 0x14], [O!, "\0\0\0a", 0x1c], [O!, "*.a", 0x13]];
        for (const part of odd) {
            const says = new RegExp(`^is of a certificate whose subject has a part \\(${part[0]!.replaceAll(".", "\\.")}\\) that Windows may print in several ways\\. Give tlsName instead: Get-SendConnector \\| Format-List`);
            assert.throws(() => tlsNameOf(certificateOf(ca, [[part]])), { message: says }, JSON.stringify(part));
        }
        assert.throws(() => tlsNameOf(certificateOf(ca, [])), /is of a certificate with an empty subject, which no connector can name/);
    });

    it("is what .NET prints, whatever stands in it", function () {
        this.timeout(120_000);
        if (spawnSync("pwsh", ["-Version"]).error) {
            skip(this, "no pwsh on PATH");
        }
        const random = generator(testSeed());
        const files = Array.from({ length: long ? 20_000 : 2_000 }, () => certificateOf(anyName(random), anyName(random)));
        const script = [
            "while ($null -ne ($line = [System.Console]::In.ReadLine())) {",
            "    $one = [System.Security.Cryptography.X509Certificates.X509Certificate2]::new([System.Convert]::FromBase64String($line))",
            "    [System.Console]::Out.WriteLine([System.Convert]::ToBase64String([System.Text.Encoding]::UTF8.GetBytes('<I>' + $one.Issuer + '<S>' + $one.Subject)))",
            "}",
        ].join("\n");
        const { stdout, stderr } = spawnSync("pwsh", ["-NoLogo", "-NoProfile", "-NonInteractive", "-Command", script], { input: `${files.join("\n")}\n`, maxBuffer: 1e8, encoding: "utf8" });
        const lines = stdout.trim().split("\n");
        assert.equal(lines.length, files.length, stderr);
        const told = files.flatMap((file, at) => {
            try {
                return [[tlsNameOf(file), Buffer.from(lines[at]!, "base64").toString()]];
            } catch (error) {
                assert.match((error as Error).message, / that Windows may print in several ways/);
                return [];
            }
        });
        assert.ok(told.length > files.length / 20, `${told.length} of ${files.length}`);
        told.forEach(([ours, theirs]) => assert.equal(ours, theirs));
    });
});
