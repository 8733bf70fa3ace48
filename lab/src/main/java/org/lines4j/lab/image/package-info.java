/// Images rendered by program: tasks, splits and shifts of distribution. Same seed, same pixels, on
/// any machine.
@org.jspecify.annotations.NullMarked
package org.lines4j.lab.image;
