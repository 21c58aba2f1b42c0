import { X509Certificate } from "node:crypto";
import * as azuread from "@pulumi/azuread";
import * as pulumi from "@pulumi/pulumi";
import { clock } from "../../internal/clock";
import { reporter } from "../../internal/report";
import { ApplicationCertificate } from "../resources/applicationCertificate";
import type { Credentials, FederatedCredentialArgs } from "./credentialTypes";
import { formerText, SecretPlan } from "./formerSecrets";
import type { SecretRotation } from "./rotation";

/** Where no other credential is given. */
export const defaultRotation: SecretRotation = { days: 90, overlapDays: 14 };

const warnDays = 30;
const dayMs = 24 * 60 * 60 * 1000;

/** One `ApplicationPassword` for each slot. Name, display name and end are fixed by the slot: a cosmetic difference would replace a secret. */
export function addSecrets(name: string, plan: SecretPlan, application: azuread.Application, parent: pulumi.Resource): Credentials {
    const { slots, newest, nextRotation, former } = plan;
    if (former.length > 0) {
        reporter.warn(formerText(name, plan), parent);
    }
    const passwords = slots.map(({ day, endDate }) => ({
        day,
        password: new azuread.ApplicationPassword(`${name}-secret-${day}`, { applicationId: application.id, displayName: `Pulumi ${day}`, endDate }, { parent }),
    }));
    const current = passwords.find((one) => one.day === newest?.day)?.password;
    return {
        secret: pulumi.secret(current?.value ?? pulumi.output(undefined)),
        keyId: current?.keyId ?? pulumi.output(undefined),
        validUntil: pulumi.output(newest?.endDate),
        nextRotation,
        ownKeyIds: pulumi.all(passwords.map((one) => one.password.keyId)),
    };
}

/** A certificate that somebody else renews: its end is warned of, 30 days ahead, in every run. */
export function addCertificate(
    name: string,
    pem: pulumi.Input<string>,
    application: azuread.Application,
    { parent, dependsOn }: { parent: pulumi.Resource; dependsOn: pulumi.Resource[] },
): Credentials {
    const certificate = new ApplicationCertificate(`${name}-certificate`, { applicationId: application.id, value: pem }, { parent, dependsOn });
    const validUntil = pulumi.output(pem).apply((text) => new Date(new X509Certificate(text).validTo).toISOString());
    validUntil.apply((until) => warnOfEnd(name, "the certificate", until, 'Give "certificate" the new one now', parent));
    return {
        secret: pulumi.output(undefined),
        keyId: certificate.keyId,
        validUntil,
        nextRotation: undefined,
        ownKeyIds: certificate.keyId.apply((keyId) => [keyId]),
    };
}

/** A federated credential ends with its issuer, so there is nothing to rotate. */
export function addFederatedCredential(
    name: string,
    args: FederatedCredentialArgs,
    application: azuread.Application,
    opts: pulumi.CustomResourceOptions,
): Credentials {
    const credential = new azuread.ApplicationFederatedIdentityCredential(
        `${name}-federated`,
        { applicationId: application.id, displayName: name, issuer: args.issuer, subject: args.subject, audiences: [args.audience ?? "api://AzureADTokenExchange"], description: "" },
        opts,
    );
    return {
        secret: pulumi.output(undefined),
        keyId: credential.credentialId,
        validUntil: pulumi.output(undefined),
        nextRotation: undefined,
        ownKeyIds: credential.credentialId.apply((id) => [id]),
    };
}

/** Warns from 30 days before an end that no rotation will move. */
export function warnOfEnd(name: string, what: string, until: string, remedy: string, resource: pulumi.Resource): void {
    const soon = endsSoon(until);
    if (soon !== undefined) {
        reporter.warn(`${name}: ${what} ${soon}, and nothing renews it; mail stops then. ${remedy}`, resource);
    }
}

/** `ends on ..., in 12 days`, or `ended on ...`; undefined while there are more than 30 days. */
export function endsSoon(until: string): string | undefined {
    const left = Date.parse(until) - clock.now().getTime();
    if (!(left <= warnDays * dayMs)) {
        return undefined;
    }
    const days = Math.floor(left / dayMs);
    return days < 0 ? `ended on ${until}` : `ends on ${until}, in ${days} ${days === 1 ? "day" : "days"}`;
}
