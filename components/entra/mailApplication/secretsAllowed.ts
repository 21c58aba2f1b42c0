import * as pulumi from "@pulumi/pulumi";
import { clock } from "../../internal/clock";
import { secretPolicy } from "../functions/secretPolicy";
import { defaultRotation } from "./credentials";
import type { MailApplicationArgs } from "./mailApplicationArgs";
import type { OwnState } from "./ownState";
import { checkRotation, planRotation } from "./rotation";

/**
 * Rejects where the tenant's app management policy will refuse the secrets: Graph says so only after the application was made. Asked only while a
 * secret is to be made.
 */
export async function requireSecretsAllowed(name: string, args: MailApplicationArgs, { children }: OwnState, parent: pulumi.Resource): Promise<void> {
    const { secretRotation = defaultRotation, longestSecretDays } = args;
    const { slots } = planRotation(secretRotation, clock.now());
    const usesSecrets = args.certificate === undefined && args.federatedCredential === undefined;
    if (!usesSecrets || slots.every(({ day }) => children.some((one) => one.name === `${name}-secret-${day}`))) {
        return;
    }
    const objectId = children.find((one) => one.type === "azuread:index/application:Application")?.outputs["objectId"] as string | undefined;
    const { forbiddenBy, longestDays = Infinity, limitedBy } = await secretPolicy({ objectId }, { parent });
    const who = "Whoever keeps the policy can exempt the application";
    if (forbiddenBy !== undefined) {
        throw new Error(`the app management policy "${forbiddenBy}" of the tenant forbids client secrets. Use "certificate" or "federatedCredential". ${who}`);
    }
    if (longestDays < (longestSecretDays ?? Infinity)) {
        const [problem] = checkRotation(secretRotation, longestDays);
        if (problem !== undefined) {
            throw new Error(
                `the app management policy "${limitedBy}" of the tenant allows secrets of at most ${longestDays} days, and ${problem.property} ${problem.message}. ` +
                    `Give "longestSecretDays: ${longestDays}", and a "secretRotation" that fits. ${who}`,
            );
        }
    }
}
