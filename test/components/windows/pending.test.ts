import assert from "node:assert/strict";
import { pendingTexts } from "../../../components/windows/shared/pending";

describe("what is pending on a host", () => {
    const none = { document: "extra", reboot: false, restart: [] };

    it("nothing: nothing is said", () => assert.deepEqual(pendingTexts([none]), { pending: undefined, audited: undefined, unknown: undefined }));

    it("one sentence for all documents and services of a host", () => {
        const tls = { document: "tls", reboot: true, restart: ["FIMService"] };
        const dotnet = { document: "dotnet", reboot: true, restart: ["FIMService", "W3SVC"] };
        assert.equal(pendingTexts([tls, dotnet, none]).pending, "written, but not in force yet: reboot the host (tls, dotnet); restart FIMService, W3SVC");
    });

    it("what is only audited was not written by this run", () => {
        const tls = { document: "tls", reboot: true, restart: ["FIMService"], audited: true };
        const said = pendingTexts([tls, none]);
        assert.deepEqual([said.pending, said.audited], [undefined, "only audited here, and not in force yet, whoever wrote it: reboot the host (tls); restart FIMService"]);
    });

    it("what nobody knows is no reboot that is needed, and none that is not", () => {
        const tls = { document: "tls", reboot: "unknown: the host was not observed", restart: ["FIMService (unknown: the host was not observed)"] };
        assert.deepEqual(pendingTexts([tls, none]), {
            pending: undefined,
            audited: undefined,
            unknown:
                "not known to be in force: a reboot (tls: the host was not observed), a restart of FIMService (unknown: the host was not observed) may be needed. Do it once to be sure",
        });
    });
});
