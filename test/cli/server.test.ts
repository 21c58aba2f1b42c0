import assert from "node:assert/strict";
import { questions, serverOf } from "../../cli/server";
import { observation, protocol } from "./observations";

const [serving, updating, settings] = questions.names as [string, string, string];
const session = "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager";
const product = questions.products![0]!;

describe("what a server is", () => {
    it("is all known where everything could be read", () => {
        const { windows, mim, pendingReboot, managedBy, notInstalled, unknown } = serverOf(observation());
        assert.deepEqual([windows, mim, pendingReboot, managedBy, notInstalled, unknown], ["Windows Server 2022 Datacenter, build 20348", ["not installed"], "no", "no stack", [], []]);
    });

    it("has a reboot pending where one sign says so, and none only where all could be read", () => {
        const reboot = (values: Record<string, string>, names: Record<string, string | string[]>) =>
            serverOf(observation({ [session]: values }, { names: { [serving]: "absent", [updating]: "absent", [settings]: "absent", ...names } })).pendingReboot;
        assert.equal(reboot({}, { [updating]: [] }), "yes: Windows Update");
        assert.equal(reboot({ PendingFileRenameOperations: 'multi:["\\\\??\\\\C:\\\\a",""]' }, { [serving]: "unknown:denied" }), "yes: files to be renamed at the next boot");
        assert.equal(reboot({ PendingFileRenameOperations: "multi:[]" }, {}), "no");
        assert.equal(reboot({}, { [serving]: "unknown:denied" }), "unknown");
        assert.equal(reboot({ PendingFileRenameOperations: "unknown:denied" }, {}), "unknown");
    });

    it("names MIM with its build, what to do about an old one, its services, and a client secret", () => {
        const one = { code: "{A}", version: "4.5.0.0", view: "64" as const, uninstallString: "" };
        const { mim } = serverOf(
            observation({}, {
                products: { [product]: [one] },
                services: { FIMService: { state: "Running", startTime: "", startType: "Automatic", account: "CONTOSO\\svc-mim" }, FIMSynchronizationService: { state: "unknown:denied", startTime: "" } },
                names: { [serving]: "absent", [updating]: "absent", [settings]: ["EncryptedExchangeOnlineClientSecret"] },
            }),
        );
        assert.deepEqual(mim, [
            "Service and Portal, build 4.5.0.0 {A}; application context authentication needs build 4.6.421.0 or newer; install 4.6.673.0 (KB5018333)",
            "service FIMService: Running, start type Automatic, as CONTOSO\\svc-mim",
            "service FIMSynchronizationService: unknown",
            "a client secret for mail by Exchange Online is there, encrypted",
        ]);
    });

    it("has a list of all that is not known: what was not read, what was not answered, and what says nothing", () => {
        const { unknown } = serverOf(
            observation(
                { [protocol("TLS 1.0\\Server")]: { Enabled: "unknown:denied" }, [protocol("TLS 1.1\\Server")]: { Enabled: "string:1" } },
                {
                    services: { FIMService: { state: "unknown:denied", startTime: "" }, FIMSynchronizationService: { state: "absent", startTime: "" } },
                    products: undefined,
                    names: { [serving]: "absent", [updating]: "unknown:denied", [settings]: "absent" },
                    records: "unknown:denied",
                },
            ),
        );
        assert.deepEqual(unknown, [
            `${protocol("TLS 1.0\\Server")}\\Enabled could not be read: denied`,
            `${protocol("TLS 1.1\\Server")}\\Enabled is string:1, which is no number: nobody says what that does`,
            "the state of the service FIMService could not be read: denied",
            "the list of installed programs could not be read: the module that is deployed there is too old to answer it",
            `${updating} could not be read: denied`,
            "the records of this library could not be read: denied",
        ]);
    });

    it("does not take the facts that a host could not tell for known", () => {
        const { facts } = observation();
        const { windows, upSince, unknown } = serverOf(observation({}, { facts: { ...facts, osBuild: 0, bootTime: "" } }));
        assert.deepEqual([windows, upSince, unknown], ["unknown", "unknown", ["the version of Windows could not be read", "the time of the last boot could not be read"]]);
    });

    it("keeps what a host says on its line", () => {
        const { facts } = observation();
        const { name } = serverOf(observation({}, { facts: { ...facts, computerName: "MIM01\n\u001b[31mok" } }));
        assert.equal(name, "MIM01\\u000a\\u001b[31mok");
    });
});
