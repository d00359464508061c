// What Python sends: one block of bytes, so that no array is ever turned into text.
// Layout: uint32 length of a JSON header, the header, then the arrays, each at a multiple of 8 bytes.

const DTYPES = { f4: Float32Array, i4: Int32Array, i1: Int8Array, u1: Uint8Array };

export function unpack(bytes) {
  // Streamlit hands over a view into its message: a copy starts at offset 0, which typed arrays need.
  const buffer = bytes.slice().buffer;
  const size = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, size)));
  const data = header.data;
  for (const [name, [dtype, length, offset]] of Object.entries(header.arrays)) {
    data[name] = new DTYPES[dtype](buffer, offset, length);
  }
  return data;
}
