/// Vocabularies of several models made one, and the rows that its tokens have in each model.
@org.jspecify.annotations.NullMarked
package org.lines4j.internal.vocabulary;
