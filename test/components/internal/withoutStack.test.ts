import assert from "node:assert/strict";
import { withoutStack } from "../../../components/internal/withoutStack";

describe("withoutStack", () => {
    it("tells whoever asks inside nothing of the stack, and changes nothing for others", () => {
        const before = Error.prepareStackTrace;
        assert.equal(withoutStack(() => new Error("x").stack), "Error: x");
        assert.equal(Error.prepareStackTrace, before);
        assert.match(new Error("y").stack!, /withoutStack\.test/);
    });

    it("leaves an error its own stack", () => {
        const thrown = (): never => {
            throw new Error("z");
        };
        assert.throws(
            () => withoutStack(thrown),
            ({ stack }: Error) => /withoutStack\.test/.test(stack!),
        );
    });
});
