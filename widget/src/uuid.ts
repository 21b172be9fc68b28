/** A random UUID, also on an intranet page without TLS, where `crypto.randomUUID` does not exist: every blob has one. */
export function newId(): string {
  const address = URL.createObjectURL(new Blob());
  URL.revokeObjectURL(address);
  return address.slice(-36);
}
