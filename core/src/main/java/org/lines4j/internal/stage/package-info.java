/// Where the models lie that stages of a merge make for later ones.
@org.jspecify.annotations.NullMarked
package org.lines4j.internal.stage;
