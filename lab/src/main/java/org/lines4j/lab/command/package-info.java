/// `lines lab` and `lines demo`: one command per file.
@org.jspecify.annotations.NullMarked
package org.lines4j.lab.command;
