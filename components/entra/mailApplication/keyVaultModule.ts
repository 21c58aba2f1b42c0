import * as pulumi from "@pulumi/pulumi";

/** Loaded only where it is used, and by module: the package is so large that only who keeps a copy in a vault installs it. */
export function keyVaultModule(): typeof import("@pulumi/azure-native/keyvault") {
    try {
        return require("@pulumi/azure-native/keyvault") as typeof import("@pulumi/azure-native/keyvault");
    } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        if (code !== "MODULE_NOT_FOUND" || !message.includes("'@pulumi/azure-native/keyvault'")) {
            throw error;
        }
        throw new pulumi.RunError("a copy in a Key Vault needs a package that is not installed: run npm install @pulumi/azure-native@3");
    }
}
