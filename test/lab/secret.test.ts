import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { addService } from "../../lab/host/control";
import { protect, unprotect } from "../../lab/host/dpapi";
import type { PretendHost } from "../../lab/host/host";
import { remove, set } from "../../lab/host/module";
import { hostWith, killedAfter, text } from "./documents";

const home = "HKLM\\SOFTWARE\\Microsoft\\Forefront Identity Manager\\2010\\Service";
const name = "EncryptedExchangeOnlineClientSecret";
const line = (clientSecret: string) => `HYBRID-IDENTITY-SECRETS ${JSON.stringify({ clientSecret, accountPassword: "p" })}\n`;
const [first, second] = ["string:aaaaaaaa-0000-4000-8000-000000000001", "string:bbbbbbbb-0000-4000-8000-000000000002"];
const document = (keyId: string) => text("x", {}, { desired: { "MIM\\ExchangeOnline": { ClientSecretKeyId: keyId } }, onDestroy: "restore" });

function server(): PretendHost {
    const host = hostWith({});
    addService(host, "FIMService");
    host.registry.set("HKLM\\SYSTEM\\CurrentControlSet\\Services\\FIMService", "ObjectName", "string:.\\svc");
    host.accounts["PRETEND\\svc"] = "S-1-5-21-1";
    host.passwords["PRETEND\\SVC"] = "p";
    host.registry.set(home, name, "expand:of somebody else");
    return host;
}
const read = (host: PretendHost) => unprotect(host, "S-1-5-21-1", host.registry.get(home, name).replace(/^\w+:/, ""));

describe("the pretend host and the client secret of its MIM Service", () => {
    it("only the account that encrypted a text decrypts it, on its own host", () => {
        const host = server();
        const made = protect(host, "S-1-5-21-1", "s\u00e4cret");
        assert.match(made, /^AQAAANCMnd8BFdERjHoAwE/);
        const other = { ...host, facts: { ...host.facts, computerName: "OTHER" } };
        assert.deepEqual([unprotect(host, "S-1-5-21-1", made), unprotect(host, "S-1-5-21-2", made), unprotect(other, "S-1-5-21-1", made), unprotect(host, "S-1-5-21-1", "AQAA")], ["s\u00e4cret", undefined, undefined, undefined]);
    });

    it("an account that nobody finds is named, with where it stands and what to do, as the module says it", () => {
        const module = readFileSync("powershell/HybridIdentity/parts/accountTask.ps1", "utf8");
        const host = server();
        host.accountFault = "no domain controller";
        const said = JSON.stringify(set(host, line("one") + document(first)));
        const remedy = /It stands in the service as \\?"Log on as\\?" \(ObjectName of its registry key\)\. See that the account exists and that a domain controller answers, or give the service the account that it shall run as; then run again\./;
        assert.match(said, /The account \S+svc of the service FIMService was not found \(no domain controller\)/);
        assert.match(said, remedy);
        assert.match(module, remedy);
    });

    it("killed after any write, the next set puts the secret in place, and its removal what was there before", () => {
        for (let n = 1, killed = true; killed; n++) {
            const host = server();
            assert.equal(set(host, line("one") + document(first)).ok, true);
            killed = killedAfter(host, n, () => set(host, line("two") + document(second)));
            assert.equal(set(host, line("two") + document(second)).ok, true, `write ${n}`);
            assert.deepEqual([read(host), host.scheduler.tasks], ["two", []], `write ${n}`);
            const gone = killedAfter(host, n, () => remove(host, document(second)));
            assert.equal(remove(host, document(second)).ok, true);
            assert.equal(host.registry.get(home, name), "expand:of somebody else", `write ${n}, ${gone}`);
        }
    });
});
