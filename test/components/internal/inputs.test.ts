import assert from "node:assert/strict";
import { isAccount } from "../../../components/internal/inputs";

describe("accounts of Windows", () => {
    const good = ["CONTOSO\\Pulumi readers", "readers", "Administrators", "NT AUTHORITY\\SYSTEM", "contoso.com\\gmsa-mim$", "S-1-5-32-544", "s-1-5-21-1-2-3-1104", "Lesende & Schreibende", "mim-observers@contoso.com"];
    for (const one of good) {
        it(`${one} may be one`, () => assert.equal(isAccount(one), true));
    }
    const bad = ["", " ", "CONTOSO\\", "\\readers", "CONTOSO\\\\readers", "A\\B\\C", "CONTOSO/readers", "readers, writers", "readers ", " readers", "readers.", "a\nb", "*", 5, null];
    for (const one of bad) {
        it(`${JSON.stringify(one)} is none`, () => assert.equal(isAccount(one), false));
    }
});
