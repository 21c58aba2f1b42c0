export function median(numbers: number[]): number {
    const sorted = [...numbers].sort((a, b) => a - b);
    const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
    return ((low ?? NaN) + (high ?? NaN)) / 2;
}
