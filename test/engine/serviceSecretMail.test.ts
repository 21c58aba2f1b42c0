// The secret of the tenant on the server of its MIM Service, which gets its token with it: the pretend tenant refuses any other.
import assert from "node:assert/strict";
import { exchange, mim, windows } from "../../index";
import { startLab, type Lab, type LabHost } from "../../lab/lab";
import { MimService } from "../../lab/mimService";
import { declareMim, firstNoon } from "./support/mimMail";
import { declareHost } from "./support/scene";
import { useTenant } from "./support/tenantScene";

const path = "SOFTWARE\\Microsoft\\Forefront Identity Manager\\2010\\Service";

describe("engine: a MIM Service gets its token with the secret that was put in place", function () {
    this.timeout(300_000);
    const scene = useTenant(firstNoon);
    let lab: Lab;
    let host: LabHost;
    let service: MimService;

    before(async () => {
        lab = await startLab({ hosts: ["mim01"] });
        host = lab.hosts["mim01"]!;
        service = new MimService(host, scene.tenant);
        scene.stack.program = () => {
            const app = declareMim();
            const access = new exchange.EwsAccess("ews", { clientId: app.clientId });
            const declared = declareHost(host);
            new mim.ServiceSettings("settings", { host: declared, applicationId: app.clientId, tenantId: scene.tenant.tenantId });
            const [keyId, clientSecret] = [app.keyId.apply((one) => one!), app.clientSecret.apply((one) => one!)];
            const secret = new mim.ServiceSecret("secret", { host: declared, keyId, clientSecret, accountPassword: "Kept-by-svc-mim-7" }, { dependsOn: [access] });
            new windows.WindowsService("fim", { host: declared, service: "FIMService", restart: "whenNeeded" });
            return { state: secret.state, keyId: secret.keyId, repaired: secret.repaired, secret: clientSecret };
        };
    });
    after(() => lab?.stop());

    const token = () => host.state.registry.get(`HKU\\${host.state.accounts["CONTOSO\\svc-mim"]}\\${path}`, "AccessToken");
    const events = () => host.state.events.filter(({ time }) => time >= host.state.services["FIMService"]!.startTime).length;

    it("from the run that makes the application, and again after its secret was rotated", async () => {
        await scene.stack.preview();
        const first = await scene.stack.up();
        await service.idle();
        assert.equal(first.outputs["state"], "enforced");
        assert.deepEqual([/^string:/.test(token()), events()], [true, 0]);

        scene.setTime("2027-03-02T12:00:00Z");
        await scene.stack.preview();
        const second = await scene.stack.up();
        await service.idle();
        assert.notEqual(second.outputs["keyId"], first.outputs["keyId"]);
        assert.deepEqual(second.outputs["repaired"], {
            "MIM\\ExchangeOnline\\\\ClientSecretKeyId": { found: `string:${first.outputs["keyId"]}`, desired: `string:${second.outputs["keyId"]}` },
        });
        assert.deepEqual([/^string:/.test(token()), events()], [true, 0]);
        for (const secret of [first.outputs["secret"], second.outputs["secret"]]) {
            assert.ok(![scene.stack.stateText, first.text, second.text].some((sink) => sink.includes(String(secret))));
        }
        assert.deepEqual((await scene.stack.up()).changes, {});
    });
});
