/// A lab: small transformers that are trained, forget, and are edited and merged by the product.
@org.jspecify.annotations.NullMarked
package org.lines4j.lab;
