/** A random UUID, taken from a blob's address: `crypto.randomUUID` does not exist on pages without TLS. */
export function newId(): string {
  const address = URL.createObjectURL(new Blob());
  URL.revokeObjectURL(address);
  return address.slice(-36);
}
