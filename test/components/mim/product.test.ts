import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { mim, windows } from "../../../index";
import { hostArgs } from "../support/hostArgs";
import { installMocks } from "../support/mocks";

describe("Product", () => {
    it("a bad name beside a refused secret, on a property or in both, is told in the same error", async () => {
        const recorded = await installMocks();
        const host = new windows.Host("mim01", hostArgs);
        const properties = { "bad name": "1", MAIL_SERVER: pulumi.secret("hunter2!") };
        new mim.Product("product", { host, properties, secretProperties: pulumi.output({ SHORT: "1", NUMBER: 5 as never }) });
        await recorded.settle();
        const [message = ""] = recorded.failures;
        assert.deepEqual(message.split("\n").slice(1).map((line) => line.trim().split(/: | is/)[0]), [
            'properties["MAIL_SERVER"]', 'properties["bad name"]', 'secretProperties["NUMBER"]',
        ]);
        assert.doesNotMatch(message, /hunter2/);
    });
});
