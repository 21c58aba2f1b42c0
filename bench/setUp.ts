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

export async function setUp(): Promise<SetUp> {
    const tools = (path: string): Promise<Record<string, any>> => import(pathToFileURL(join(__dirname, "..", "tools", path)).href);
    const [set, progress] = [await tools("setup.mjs"), await tools("setup/progress.mjs")];
    const { environment, summary } = await set["setUp"]();
    return { environment, summary, during: progress["createProgress"]().during, duration: progress["duration"] };
}
