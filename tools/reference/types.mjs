import ts from "typescript";
import { cell, link } from "./markdown.mjs";

/**
 * Types in words, with links to what the page describes.
 * @param {ts.TypeChecker} checker
 * @param {(symbol: ts.Symbol) => string | undefined} titleOf of a component or function
 * @param {(symbol: ts.Symbol) => void} describe is called with each shape that a link leads to
 */
export function typeWriter(checker, titleOf, describe) {
    const words = (node) => {
        if (ts.isParenthesizedTypeNode(node) || ts.isTypeOperatorNode(node)) return words(node.type);
        if (ts.isUnionTypeNode(node)) return node.types.map(words).join(" or ");
        if (ts.isLiteralTypeNode(node)) return `\`${node.literal.text}\``;
        if (ts.isArrayTypeNode(node)) return `list of ${words(node.elementType)}`;
        return ts.isTypeReferenceNode(node) ? reference(node) : cell(node.getText());
    };
    const reference = (node) => {
        const name = (node.typeName.right ?? node.typeName).text;
        if (["Input", "Output"].includes(name)) return words(node.typeArguments[0]);
        if (name === "Record") return `map of ${words(node.typeArguments[1])}`;
        const symbol = aliased(checker, checker.getSymbolAtLocation(node.typeName));
        const title = titleOf(symbol);
        if (title !== undefined) return link(title);
        const type = checker.getDeclaredTypeOfSymbol(symbol);
        if (type.isUnion() && type.types.every((one) => one.isStringLiteral())) return literals(type);
        if (symbol.declarations[0].getSourceFile().fileName.includes("/node_modules/")) return name;
        // Another name of a text or a map.
        const alias = symbol.declarations.find(ts.isTypeAliasDeclaration);
        if (alias && checker.getPropertiesOfType(type).length === 0) return words(alias.type);
        if (alias && type.flags & ts.TypeFlags.StringLike) return words(alias.type);
        describe(symbol);
        return link(symbol.name);
    };
    return words;
}

/** @param {ts.UnionType} type of texts */
export const literals = ({ types }) => types.map(({ value }) => `\`${value}\``).join(", ").replace(/, ([^,]*)$/, " or $1");

/** What a name that is imported or exported stands for. */
export const aliased = (checker, symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol);

/** An argument whose members may be outputs is not, and neither is a component. */
export const isPlain = (node, inWords) => !inWords.includes("](#") && !/\bInput</.test(node.getText());
