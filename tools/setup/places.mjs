import { join } from "node:path";

/** Where everything of the set-up lies. Nothing else is written, except the caches that npm and Go keep for themselves. */
export function places(root) {
    return {
        root,
        tools: join(root, ".tools"),
        /** The Pulumi CLI and its Node language host, where the set-up had to provide them. */
        bin: join(root, ".tools", "bin"),
        /** The YAML language host, where tests had to build it. */
        yaml: join(root, ".tools", "yaml"),
        lock: join(root, ".tools", "lock"),
        temporary: join(root, ".tools", "tmp"),
        lab: join(root, ".lab"),
        /** The lab's own PULUMI_HOME: plugins, credentials and settings of the user are neither used nor touched. */
        pulumiHome: join(root, ".lab", "pulumi-home"),
        state: join(root, ".lab", "state"),
    };
}
