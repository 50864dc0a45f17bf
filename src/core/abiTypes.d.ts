// AssemblyScript's integers, for `abi.ts`, which both compilers read.
type u32 = number;
type i32 = number;
type usize = number;
