import { join } from "node:path";
import { Language, Node, Parser } from "web-tree-sitter";

/** A node of the tree of a PowerShell text. */
export type Syntax = Node;

/** A parser for PowerShell texts. */
export async function loadParser(): Promise<(text: string) => Syntax> {
    await Parser.init();
    const grammar = join(__dirname, "..", "..", "node_modules", "tree-sitter-powershell", "tree-sitter-powershell.wasm");
    const parser = new Parser();
    parser.setLanguage(await Language.load(grammar));
    return text => {
        const tree = parser.parse(text);
        if (tree === null) {
            throw new Error("The parser gave no tree.");
        }
        return tree.rootNode;
    };
}

/** The node and everything below it. */
export function* walk(node: Syntax): Generator<Syntax> {
    yield node;
    for (const child of node.children) {
        yield* walk(child);
    }
}

/** All nodes of a type below a node. */
export function ofType(node: Syntax, type: string): Syntax[] {
    return [...walk(node)].filter(each => each.type === type);
}

/** A node with its line, for messages. */
export function at(node: Syntax): string {
    return `line ${node.startPosition.row + 1}: ${node.text.split("\n", 1)[0]!.slice(0, 80)}`;
}

/** The node itself, without the chain of one-child expressions around it. */
export function core(node: Syntax): Syntax {
    return node.namedChildCount === 1 && node.text === node.namedChild(0)!.text ? core(node.namedChild(0)!) : node;
}
