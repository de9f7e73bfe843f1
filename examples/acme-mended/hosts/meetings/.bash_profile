# .bash_profile of the user that runs the Meeting server

if [ -f ~/.bashrc ]; then
    . ~/.bashrc
fi

STELLENT=/opt/IBM/WebSphere/AppServer/profiles/hostSTMSPNProfile1/stellent/Linux

# Conversion of documents
LD_LIBRARY_PATH=$LD_LIBRARY_PATH:$STELLENT
GDFONTPATH=/usr/share/fonts/truetype
export LD_LIBRARY_PATH GDFONTPATH

# Database of the Meeting server, and programs
export DB2INSTANCE=db2inst1 DB2_PASSWORD='db2-Tywi-2016' PATH=$PATH:$HOME/bin:$STELLENT
export PATH=$PATH:/opt/IBM/WebSphere/AppServer/java/jre/bin
umask 022
