// What a program can use, as the docstrings have it: docs/reference.md.
import { existsSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { cell, heading, prose, splitDefault, table } from "./reference/markdown.mjs";
import { aliased, isPlain, literals, typeWriter } from "./reference/types.mjs";

const repository = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const { Class, Function, Optional, Property, ValueModule, Variable } = ts.SymbolFlags;
const introduction = `# Reference

Everything that a program can use, from the docstrings of the sources: \`npm run reference\` writes this page. What a component is for and what to do when stands on the page of its own that each names.

An argument may be an output of something else, unless its type says \`plain\`: that has to be known when the program is built. As its last argument every component takes Pulumi's options. Its outputs are Pulumi's outputs.
What is wrong with arguments is told all at once, before anything is registered; of the single resources of Exchange and of MFA by the provider, in the preview already. Microsoft's pages are linked on the page of each component.`;

/**
 * @param {string} root the repository
 * @throws {Error} naming everything that has no docstring, and a component that has no page
 */
export function referenceText(root) {
    const { options } = ts.parseJsonConfigFileContent(ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile).config, ts.sys, root);
    const program = ts.createProgram([join(root, "index.ts")], options);
    const checker = program.getTypeChecker();
    const exportsOf = (module) => checker.getExportsOfModule(module).map((one) => ({ name: one.name, symbol: aliased(checker, one) }));
    const face = exportsOf(checker.getSymbolAtLocation(program.getSourceFile(join(root, "index.ts"))));
    const fields = face.filter(({ symbol }) => symbol.flags & ValueModule).map(({ name: field, symbol }) => ({ field, members: exportsOf(symbol).map((one) => ({ ...one, title: `${field}.${one.name}` })) }));
    const titles = new Map(fields.flatMap(({ members }) => members.filter(({ symbol }) => symbol.flags & (Class | Function)).map(({ symbol, title }) => [symbol, title])));
    const [missing, shapes, described] = [[], [], new Set()];
    const words = typeWriter(checker, (symbol) => titles.get(symbol), (symbol) => described.size < described.add(symbol).size && shapes.push(symbol));

    const textOf = (symbol, owner) => {
        const text = ts.displayPartsToString(symbol.getDocumentationComment(checker)).trim();
        if (text === "") missing.push(owner === undefined ? symbol.name : `${owner}.${symbol.name}`);
        return text;
    };
    const declarationOf = (symbol) => symbol.valueDeclaration ?? symbol.declarations[0];
    const inFile = ({ symbol }, file) => declarationOf(symbol).getSourceFile().fileName.endsWith(file);
    const propertiesOf = (node) => checker.getPropertiesOfType(checker.getTypeFromTypeNode(node));

    const members = (head, properties, owner) =>
        table(`| ${head} | type | meaning |`, properties.map((one) => `| \`${one.name}\` | ${words(declarationOf(one).type)} | ${cell(textOf(one, owner))} |`));
    const inputs = (properties, owner) => {
        const row = (one) => {
            const { type } = declarationOf(one);
            const { text, byDefault } = splitDefault(cell(textOf(one, owner)));
            const inWords = words(type);
            return `| \`${one.name}\` | ${inWords}${isPlain(type, inWords) ? ", plain" : ""} | ${one.flags & Optional ? byDefault : "required"} | ${text} |`;
        };
        return table("| argument | type | default | meaning |", [...properties.filter(({ flags }) => !(flags & Optional)), ...properties.filter(({ flags }) => flags & Optional)].map(row));
    };
    const thrown = (symbol) => {
        const { text } = symbol.getJsDocTags(checker).find(({ name }) => name === "throws") ?? {};
        return text && prose(`Throws ${ts.displayPartsToString(text)}`);
    };
    const page = (title, symbol) => {
        const file = `${title.split(".").slice(0, -1).join("")}/${basename(declarationOf(symbol).getSourceFile().fileName, ".ts")}.md`.replace(/^\//, "");
        if (existsSync(join(root, "docs", file))) return `More: [${file}](${file}).`;
        if (symbol.flags & Class) throw new Error(`${title} has no page docs/${file}`);
        return undefined;
    };
    const component = (title, symbol) => {
        const made = symbol.members.get("__constructor");
        const { type } = declarationOf(made).parameters[1];
        const args = checker.getTypeFromTypeNode(type).symbol;
        described.add(args);
        const outputs = [...symbol.members.values()].filter((one) => one.flags & Property && !(ts.getCombinedModifierFlags(declarationOf(one)) & ts.ModifierFlags.NonPublicAccessibilityModifier));
        const about = prose(textOf(args)).replace(/^Arguments of `\w+`\. ?/, "");
        return [heading(title), prose(textOf(symbol)), page(title, symbol), about, inputs(propertiesOf(type), args.name), outputs.length > 0 && members("output", outputs, title), thrown(made)];
    };
    const call = (title, symbol) => {
        const { parameters, type } = declarationOf(symbol);
        const [result] = type.typeArguments ?? [];
        if (result === undefined) {
            // It computes something from what it is given.
            const signature = `${title}(${parameters.map((one) => one.getText()).join(", ")}): ${type.getText()}`;
            return [heading(title), prose(textOf(symbol)), page(title, symbol), `\`${signature}\``];
        }
        const [first] = parameters;
        const takesArgs = /Args$/.test(first.type.getText());
        [takesArgs && first.type, result].forEach((node) => node && described.add(checker.getTypeFromTypeNode(node).symbol));
        return [heading(title), prose(textOf(symbol)), page(title, symbol), takesArgs && inputs(propertiesOf(first.type), title), members("result", propertiesOf(result), title), thrown(symbol)];
    };
    const shape = (symbol) => {
        const properties = checker.getPropertiesOfType(checker.getDeclaredTypeOfSymbol(symbol));
        const given = /(Args|Choice|Rotation)$/.test(symbol.name);
        return [heading(symbol.name), prose(textOf(symbol)), given ? inputs(properties, symbol.name) : members("member", properties, symbol.name)];
    };
    const value = ({ name, symbol }) => {
        const { parameters } = declarationOf(symbol);
        const written = parameters ? `${name}(${parameters.map((one) => one.getText()).join(", ")})` : name;
        return `| \`${cell(written)}\` | ${cell(textOf(symbol))} |`;
    };
    const choice = ({ name, symbol }) => `| \`${name}\` | ${literals(checker.getDeclaredTypeOfSymbol(symbol))} | ${cell(textOf(symbol))} |`;

    const parts = fields.flatMap(({ field, members: all }) => {
        const of = (flag, describe) => all.filter(({ symbol }) => symbol.flags & flag).flatMap(({ title, symbol }) => describe(title, symbol));
        return [`## ${field}`, ...of(Class, component), ...of(Function, call)];
    });
    parts.push("## Beside the fields");
    parts.push(...face.filter(({ symbol }) => symbol.flags & Function && !inFile({ symbol }, "/drift/desired.ts")).flatMap(({ name, symbol }) => call(name, symbol)));
    parts.push(heading("Values"), "What `windows.RegistryValues` takes.", table("| value | meaning |", face.filter((one) => inFile(one, "/drift/desired.ts")).map(value)));
    parts.push(heading("Choices"), "Words that arguments take; the text itself does as well.", table("| choice | words | meaning |", face.filter((one) => inFile(one, "/choices.ts")).map(choice)));
    // An exported shape that no argument or output names is described, too.
    [...fields.flatMap(({ members: all }) => all), ...face].filter(({ symbol }) => !(symbol.flags & (Class | Function | Variable | ValueModule)) && !described.has(symbol)).forEach(({ symbol }) => (described.add(symbol), shapes.push(symbol)));
    const texts = [];
    // Describing one may find others.
    for (const one of shapes) texts.push(shape(one));
    parts.push("## Shapes", ...texts.sort(([a], [b]) => (a < b ? -1 : 1)).flat());
    if (missing.length > 0) throw new Error(`without a docstring: ${missing.join(", ")}`);
    return `${[introduction, ...parts].filter(Boolean).join("\n\n")}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(join(repository, "docs/reference.md"), referenceText(repository));
