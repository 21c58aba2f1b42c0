import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { transform } from "esbuild";
import { SourceMapConsumer, SourceMapGenerator } from "source-map";
import ts from "typescript";

/**
 * Compiles the library's face and all that it leads to, and what the command line shares with it: CommonJS with source maps, and declarations.
 * @param {string} root the repository
 * @param {string} dist
 * @param {string[]} entries what a program can import, by its path without an ending
 * @throws {Error} with what the compiler says
 */
export async function compileLibrary(root, dist, entries) {
    const { options: own } = ts.parseJsonConfigFileContent(ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile).config, ts.sys, root);
    const options = { ...own, noEmit: false, rootDir: root, outDir: dist, types: ["node"] };
    const face = join(root, "index.ts");
    const all = [face, join(root, "cli/main.ts")];
    const checked = ts.createProgram(all, { ...options, declaration: true, emitDeclarationOnly: true });
    const { diagnostics } = checked.emit();
    refuse([...ts.getPreEmitDiagnostics(checked), ...diagnostics], root);
    // No file has a default import, so nothing is needed that every file would bring along for them.
    const script = { inlineSourceMap: true, esModuleInterop: false, allowSyntheticDefaultImports: false };
    ts.createProgram(all, { ...options, ...script, noCheck: true }).emit();
    // Both are in the command line's own file.
    for (const folder of ["cli", "report"]) rmSync(join(dist, folder), { recursive: true });
    // Node reads names of what is written out only: of `enumerable: true`, not of `!0`.
    const read = entries.map((entry) => join(dist, `${entry}.js`));
    await Promise.all(filesIn(dist, ".js").map((file) => condense(dist, file, !read.includes(file))));
    writeFileSync(join(dist, "index.js"), lazyFace(readFileSync(face, "utf8")));
    rmSync(join(dist, "index.js.map"));
    for (const entry of entries) addNames(join(dist, `${entry}.js`), namesOf(checked, join(root, `${entry}.ts`)));
    // What no program can come to is not part of the types, nor is what it imports.
    pruneDeclarations(dist, entries.map((entry) => join(dist, `${entry}.d.ts`)));
}

/** What a file exports, without its types. */
function namesOf(program, file) {
    const checker = program.getTypeChecker();
    const isValue = (one) => (one.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(one) : one).flags & ts.SymbolFlags.Value;
    const module = checker.getSymbolAtLocation(program.getSourceFile(file));
    return checker.getExportsOfModule(module).filter(isValue).map(({ name }) => name);
}

/** For programs that are ES modules: Node reads a file, without running it, for the names that can be imported of it. */
function addNames(file, names) {
    const [directive, ...lines] = readFileSync(file, "utf8").split(/(?<=^"use strict";)/);
    writeFileSync(file, `${directive}0&&(module.exports={${names.join(",")}});${lines.join("")}`);
}

/** Without comments, which are for the declarations, where an editor shows them. Names of a file's own functions and classes stay: errors say them; only those inside a function are short. */
async function condense(dist, file, minifySyntax) {
    const options = { minifyWhitespace: true, minifyIdentifiers: true, minifySyntax, lineLimit: 400, sourcemap: "external", sourcesContent: false };
    const { code, map } = await transform(readFileSync(file, "utf8"), { ...options, target: "node20" });
    const name = basename(file);
    writeFileSync(file, `${code}//# sourceMappingURL=${name}.map\n`);
    // As seen from dist/ in the repository, wherever it was built.
    const path = relative(dist, file).split(sep);
    const source = `${"../".repeat(path.length)}${path.join("/").replace(/js$/, "ts")}`;
    writeFileSync(`${file}.map`, linesOnly(map, source));
}

/** A source map that leads to lines, which is what a stack shows, and no further: a fifth of the size. */
function linesOnly(map, source) {
    const generator = new SourceMapGenerator();
    let before = {};
    new SourceMapConsumer(JSON.parse(map)).eachMapping((one) => {
        const { originalLine, generatedLine, generatedColumn } = one;
        if (originalLine === null || (originalLine === before.originalLine && generatedLine === before.generatedLine)) return;
        generator.addMapping({ source, original: { line: originalLine, column: 0 }, generated: { line: generatedLine, column: generatedColumn } });
        before = one;
    });
    return generator.toString();
}

function refuse(diagnostics, root) {
    if (diagnostics.length === 0) return;
    const host = { getCurrentDirectory: () => root, getCanonicalFileName: (name) => name, getNewLine: () => "\n" };
    throw new Error(`The library does not compile:\n${ts.formatDiagnostics(diagnostics, host)}`);
}

/**
 * The face as a program loads it: each field is loaded when the program first asks for it. As TypeScript compiles it, everything would be.
 * @param {string} source index.ts
 */
export function lazyFace(source) {
    const exported = ts
        .createSourceFile("index.ts", source, ts.ScriptTarget.ES2022)
        .statements.filter((one) => ts.isExportDeclaration(one) && !one.isTypeOnly)
        .flatMap(({ exportClause, moduleSpecifier }) => {
            const loaded = `require(${JSON.stringify(moduleSpecifier.text)})`;
            if (ts.isNamespaceExport(exportClause)) return [[exportClause.name.text, loaded]];
            return exportClause.elements.map(({ name, propertyName }) => [name.text, `${loaded}.${(propertyName ?? name).text}`]);
        });
    return [
        '"use strict";',
        'Object.defineProperty(exports, "__esModule", { value: true });',
        // Written out for each name, Node would take none of them for an ES module.
        "const lazily = (name, get) => Object.defineProperty(exports, name, { enumerable: true, get });",
        ...exported.map(([name, loaded]) => `lazily("${name}", () => ${loaded});`),
        "",
    ].join("\n");
}

function pruneDeclarations(dist, entries) {
    const reached = new Set();
    const visit = (file) => {
        if (reached.has(file)) return;
        reached.add(file);
        const names = ts.preProcessFile(readFileSync(file, "utf8"), true, true).importedFiles.map(({ fileName }) => fileName);
        names.filter((name) => name.startsWith(".")).forEach((name) => visit(declarationOf(resolve(dirname(file), name))));
    };
    entries.forEach(visit);
    for (const file of filesIn(dist, ".d.ts")) if (!reached.has(file)) rmSync(file);
}

function filesIn(folder, ending) {
    const names = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(ending));
    return names.map((name) => join(folder, name));
}

function declarationOf(path) {
    const found = [`${path}.d.ts`, join(path, "index.d.ts")].find((one) => ts.sys.fileExists(one));
    if (!found) throw new Error(`${path}: no declaration was made for it`);
    return found;
}
