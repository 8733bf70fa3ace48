/// Servers of this machine, for tests of what reads from others: a plain one that can be told to
/// misbehave, and one that answers as the Hugging Face Hub does.
@org.jspecify.annotations.NullMarked
package org.lines4j.conformance.web;
