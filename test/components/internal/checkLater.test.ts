import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { text } from "../../../components/internal/checkArgs";
import { refuseLater } from "../../../components/internal/checkLater";
import { guid, serviceName, smtpAddress } from "../../../components/internal/formats";

interface Args {
    id?: pulumi.Input<string>;
    mailbox?: pulumi.Input<string>;
    other?: pulumi.Input<string>;
}

const names = ["id", "mailbox", "other"] as const;
const refused = (args: Args) => refuseLater<Args>("mim.X", "x", args, { id: guid, mailbox: smtpAddress, other: text }, names);

describe("arguments that become known later", () => {
    before(() => pulumi.runtime.setMocks({ newResource: () => assert.fail(), call: () => ({}) }));

    it("are refused in one error, without what is a secret or may be one", async () => {
        await assert.rejects(refused({ id: pulumi.output("S3cret"), mailbox: pulumi.secret("S3cret"), other: Promise.resolve(5 as never) }), (error: Error) => {
            assert.deepEqual(error.message.split("\n"), [
                'mim.X "x" cannot be used as it is written:',
                "  mailbox: is a secret, and messages show it. Give it as what it is, with pulumi.unsecret(...) where it comes out of a secret",
                "  id: must be a GUID; received a text of 6 characters",
                "  other: must be a text; received 5",
            ]);
            return true;
        });
    });

    it("pass where they are right, plain or an error of somebody else", async () => {
        await refused({ id: pulumi.output("6b0e8a0c-1111-4222-8333-444455556666"), mailbox: "plain ones are checked before", other: Promise.reject(new Error("elsewhere")) });
    });
});

describe("names of services", () => {
    it("are those of the protocol, without blanks at their ends", () => {
        const wrong = (name: unknown) => serviceName(name, "service").length > 0;
        assert.deepEqual([" FIMService", "FIMService ", "", "x/y", "a\\b", "a\nb", "a".repeat(256), 5].filter((one) => !wrong(one)), []);
        assert.deepEqual(["FIMService", "MSSQL$MIM", "a b", "a".repeat(255)].filter(wrong), []);
    });
});
