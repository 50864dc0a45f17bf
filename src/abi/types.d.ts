// AssemblyScript's integers, for the files beside this one, which both compilers read.
type u32 = number;
type i32 = number;
type usize = number;
