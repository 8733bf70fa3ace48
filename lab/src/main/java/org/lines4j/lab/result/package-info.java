/// What the experiments gave, as tables, figures, a page and files.
@org.jspecify.annotations.NullMarked
package org.lines4j.lab.result;
