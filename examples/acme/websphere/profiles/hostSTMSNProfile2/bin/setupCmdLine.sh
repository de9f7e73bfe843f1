#!/bin/sh
# Variables of this profile
WAS_USER_SCRIPT=/opt/IBM/WebSphere/AppServer/profiles/hostSTMSNProfile2/bin/setupCmdLine.sh
USER_INSTALL_ROOT=/opt/IBM/WebSphere/AppServer/profiles/hostSTMSNProfile2
WAS_HOME=/opt/IBM/WebSphere/AppServer
JAVA_HOME=/opt/IBM/WebSphere/AppServer/java
WAS_CELL=sscCell
WAS_NODE=hostSTMSNNode2
WAS_PATH=$WAS_HOME/bin:$JAVA_HOME/bin:$JAVA_HOME/jre/bin:$PATH
export WAS_USER_SCRIPT USER_INSTALL_ROOT WAS_HOME JAVA_HOME WAS_CELL WAS_NODE WAS_PATH
