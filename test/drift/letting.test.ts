import assert from "node:assert/strict";
import { heldValue, lettingLines } from "../../drift/letting";
import type { ValueRecord } from "../../drift/records";

const record = (original: string) => ({ key: "EXCHANGE\\TransportCertificates", name: "<I>A<S>B", original, written: "string:usable", writing: "" }) as ValueRecord;

describe("what is let go of of a certificate", () => {
    it("is put back where one may have been removed, and stays where it got its access or its key", () => {
        const fates = ["string:two match: AA", "string:no usable key: AA", "absent", "string:usable", "unknown"].map((original) => heldValue(record(original), "string:usable").fate);
        assert.deepEqual(fates, ["put back", "not removed", "not removed", "as before", "original unknown"]);
        assert.deepEqual(lettingLines([heldValue(record("absent"), "string:usable")], true), ["  left, because only a certificate that was removed is put back: EXCHANGE\\TransportCertificates\\<I>A<S>B: string:'usable'"]);
    });
});
