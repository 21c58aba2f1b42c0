import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** Parts of the set-up (`tools/`, plain JavaScript without types) that the bench uses. */
export interface SetUp {
    /** In which `pulumi` works on the lab. */
    environment: NodeJS.ProcessEnv;
    /** Versions, in one line. */
    summary: string;
    /** Shows a piece of work until it ends, and for how long. */
    during<T>(what: string, work: () => Promise<T>): Promise<T>;
    duration(ms: number): string;
}

/** Builds the package as well, which the programs load as users do; and each plugin as one file, since the originals are compiled. */
export async function setUp(): Promise<SetUp> {
    const tools = (path: string): Promise<Record<string, any>> => import(pathToFileURL(join(__dirname, "..", "tools", path)).href);
    const [set, progress] = [await tools("setup.mjs"), await tools("setup/progress.mjs")];
    const { environment, summary } = await set["setUp"]();
    const { during } = progress["createProgress"]();
    const root = join(__dirname, "..");
    const folder = mkdtempSync(join(tmpdir(), "hybrid-identity-bench-plugins-"));
    process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
    const [build, bundles] = [await tools("build/package.mjs"), await tools("test/bundles.mjs")];
    await during("package", () => build["buildPackage"](root, join(root, "dist")));
    const bundled = await during("plugins", () => bundles["bundlePlugins"](root, folder));
    return { environment: { ...environment, ...bundled }, summary, during, duration: progress["duration"] };
}
