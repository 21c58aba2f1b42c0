import * as pulumi from "@pulumi/pulumi";
import { needPlugin } from "../../internal/plugin";

/** Which application to look at. */
export interface ApplicationCredentialsArgs {
    /** The application's client id. */
    clientId: string;
}

/** A client secret of an application, without its value. */
export interface ApplicationPassword {
    /** The secret's id. */
    keyId: string;
    /** Its name, if it has one. */
    displayName?: string;
    /** From when it is valid, as Graph writes it. */
    startDateTime?: string;
    /** Until when it is valid, as Graph writes it. */
    endDateTime?: string;
    /** The first characters of its value. */
    hint?: string;
}

/** A certificate of an application. */
export interface ApplicationCertificate {
    /** The certificate's id on the application. */
    keyId: string;
    /** Its name, if it has one. */
    displayName?: string;
    /** From when it is valid, as Graph writes it. */
    startDateTime?: string;
    /** Until when it is valid, as Graph writes it. */
    endDateTime?: string;
    /** Its SHA-1 thumbprint in capitals; missing when Graph does not tell it. */
    thumbprint?: string;
}

/** A federated identity credential of an application. */
export interface ApplicationFederatedCredential {
    /** The credential's id. */
    id: string;
    /** Its name. */
    name: string;
    /** Whose tokens are accepted. */
    issuer: string;
    /** Whom the tokens are about; missing when an expression is matched instead. */
    subject?: string;
}

/** All credentials of an application, also those that no program manages. */
export interface ApplicationCredentialsResult {
    /** The application's object id. */
    objectId: string;
    /** The application's name. */
    displayName: string;
    /** Its client secrets. */
    passwords: ApplicationPassword[];
    /** Its certificates. */
    certificates: ApplicationCertificate[];
    /** Its federated identity credentials. */
    federated: ApplicationFederatedCredential[];
}

const token = "hybrid-identity:entra:applicationCredentials";

/**
 * Lists all credentials of an application, also those that no program manages. Needs Application.Read.All or
 * Application.ReadWrite.OwnedBy of Microsoft Graph. One call, by the provider "hybrid-identity".
 */
export function applicationCredentials(
    args: ApplicationCredentialsArgs,
    opts?: pulumi.InvokeOptions,
): Promise<ApplicationCredentialsResult> {
    needPlugin();
    return pulumi.runtime.invoke(token, { clientId: args.clientId }, opts);
}

/** The same for a client id that may not be known yet; then nothing is asked in a preview and the result is not known either. */
export function applicationCredentialsOutput(
    args: { clientId: pulumi.Input<string> },
    opts?: pulumi.InvokeOutputOptions,
): pulumi.Output<ApplicationCredentialsResult> {
    needPlugin();
    return pulumi.runtime.invokeOutput(token, { clientId: args.clientId }, opts);
}

/**
 * Whether `applicationCredentials` failed because Graph says that there is no such application: it was deleted outside, or is so new that
 * not every part of the tenant has it yet.
 */
export function isMissingApplication(error: unknown): boolean {
    return error instanceof Error && error.message.includes("404 Request_ResourceNotFound: the tenant has no application");
}
