import fs from "node:fs";
import { isBuiltin } from "node:module";
import path from "node:path";
import ts from "typescript";

/** Texts of files by their path from the top of the repository. */
export type Tree = Record<string, string>;

/** What a file imports, for its types alone or not: files by their path, and packages by their name. */
export interface Imports {
    files: string[];
    packages: string[];
}

const code = /\.(ts|mjs|cjs)$/;
/** What others wrote, and what npm run build makes. */
const notSource = ["node_modules", "dist", "release"];

/** All code below a folder, and the names of the data that code can import. */
export function treeOf(root: string, folder = ""): Tree {
    const entries = fs.readdirSync(path.join(root, folder), { withFileTypes: true });
    const own = entries.filter(({ name }) => !name.startsWith(".") && !notSource.includes(name));
    const trees = own.map((entry): Tree => {
        const file = path.posix.join(folder, entry.name);
        if (entry.isDirectory()) {
            return treeOf(root, file);
        }
        return code.test(file) ? { [file]: fs.readFileSync(path.join(root, file), "utf8") } : file.endsWith(".json") ? { [file]: "" } : {};
    });
    return Object.assign({}, ...trees);
}

export function importsOf(tree: Tree): Map<string, Imports> {
    const files = Object.entries(tree).filter(([file]) => code.test(file));
    return new Map(
        files.map(([file, text]) => {
            const names = ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
            const [own, packages] = [names.filter((name) => name.startsWith(".")), names.filter((name) => !name.startsWith("."))];
            return [file, { files: own.map((name) => resolve(tree, file, name)), packages }];
        }),
    );
}

function resolve(tree: Tree, file: string, name: string): string {
    const target = path.posix.join(path.posix.dirname(file), name);
    const found = [target, `${target}.ts`, `${target}/index.ts`].find((one) => one in tree);
    if (found === undefined) {
        throw new Error(`${file} imports ${name}, and there is no such file`);
    }
    return found;
}

/** Every way along imports that comes back to where it began; where several share a file, at least one. */
export function circlesIn(imports: Map<string, Imports>): string[] {
    const circles: string[] = [];
    const done = new Set<string>();
    const visit = (file: string, way: string[]): void => {
        if (way.includes(file)) {
            circles.push([...way.slice(way.indexOf(file)), file].join(" -> "));
        } else if (!done.has(file)) {
            imports.get(file)?.files.forEach((next) => visit(next, [...way, file]));
            done.add(file);
        }
    };
    [...imports.keys()].forEach((file) => visit(file, []));
    return circles;
}

/**
 * Imports that no arrow allows.
 * @param arrows from a folder or file to all others that it may import beside itself; the longest that a file is in decides
 */
export function wrongArrows(imports: Map<string, Imports>, arrows: Record<string, string[]>): string[] {
    return [...imports].flatMap(([file, { files }]) => {
        const [from] = Object.keys(arrows).filter((place) => isIn(file, place)).sort((a, b) => b.length - a.length);
        if (from === undefined) {
            return [`${file} stands where no arrow begins`];
        }
        const allowed = [from, ...(arrows[from] ?? [])];
        return files.filter((target) => !allowed.some((place) => isIn(target, place))).map((target) => `${file} -> ${target}`);
    });
}

/** Imports of packages, other than Node's own, in a folder. */
export function packagesIn(imports: Map<string, Imports>, place: string): string[] {
    const own = [...imports].filter(([file]) => isIn(file, place));
    return own.flatMap(([file, { packages }]) => packages.filter((name) => !isBuiltin(name)).map((name) => `${file} -> ${name}`));
}

export function isIn(file: string, place: string): boolean {
    return file === place || file.startsWith(`${place}/`);
}
